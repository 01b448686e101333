// A browser without a screen: follows redirects with cookies, signs in and agrees on the pages of oidc-provider. Usage: node browser.js URL
const cookies = new Map();

async function visit(url, form) {
  const response = await fetch(url, {
    redirect: 'manual',
    method: form ? 'POST' : 'GET',
    headers: {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
  const next = response.headers.get('location');
  if (next) return visit(new URL(next, url).href);
  const page = await response.text();
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
  if (!action) return console.log(page);
  const isLogin = page.includes('name="login"');
  return visit(
    new URL(action, url).href,
    isLogin ? { prompt: 'login', login: 'ada', password: 'x' } : { prompt: 'consent' },
  );
}

await visit(process.argv[2]);
