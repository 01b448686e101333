/** ink draws nothing live when CI is set, which is right for its users and wrong for a program that was started in a terminal. */
export async function importWithoutCi<Module>(env: NodeJS.ProcessEnv, load: () => Promise<Module>): Promise<Module> {
  const { CI, CONTINUOUS_INTEGRATION } = env;
  delete env.CI;
  delete env.CONTINUOUS_INTEGRATION;
  try {
    return await load();
  } finally {
    if (CI !== undefined) env.CI = CI;
    if (CONTINUOUS_INTEGRATION !== undefined) env.CONTINUOUS_INTEGRATION = CONTINUOUS_INTEGRATION;
  }
}
