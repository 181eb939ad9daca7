export function charge(amount) {
  if (amount > 0) {
    return { paid: true, amount };
  }
  if (amount === null) {
    return { paid: false };
  }
  return undefined;
}
