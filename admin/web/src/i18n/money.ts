/** priceOf writes an amount as the language does, to the tenth of a hundredth. */
export function priceOf(amount: number, currency: string, language: string): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 3 };
  return new Intl.NumberFormat(language, { style: "currency", currency, ...digits }).format(amount);
}

/** moneyOf writes "31.00 EUR" as the language does. */
export function moneyOf(amount: string, language: string): string {
  const [value = "", currency = ""] = amount.split(" ");
  if (!/^[A-Z]{3}$/.test(currency) || Number.isNaN(Number(value))) return amount;
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(Number(value));
}
