export function rate(currency) {
  const unused = 1;
  return eval(currency);
}
