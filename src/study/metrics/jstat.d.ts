/** The part of jstat (MIT) that is used here; the package brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly normal: {
      cdf(x: number, mean: number, deviation: number): number;
      inv(p: number, mean: number, deviation: number): number;
    };
    readonly studentt: {
      cdf(x: number, degrees: number): number;
      inv(p: number, degrees: number): number;
    };
    readonly binomial: { cdf(k: number, n: number, p: number): number };
    readonly chisquare: { cdf(x: number, degrees: number): number };
  };
  export default jStat;
}
