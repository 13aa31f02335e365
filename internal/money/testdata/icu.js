// Prints what ICU writes for amounts, the reference of TestFormatAgreesWithICU:
//   node icu.js > icu.tsv
// An option asks for ISO 4217's decimals outright, as some ICU releases write fewer.
const locales = ['es-MX', 'es', 'es-ES', 'es-419', 'es-AR', 'es-CL', 'es-CO', 'es-EC', 'es-GT', 'es-PE', 'es-UY', 'es-US',
  'en', 'en-US', 'en-GB', 'en-CA', 'en-AU', 'en-NZ', 'pt', 'pt-BR', 'pt-PT', 'fr', 'fr-FR', 'fr-CA', 'de', 'it', 'ja'];
const decimals = { MXN: 2, USD: 2, EUR: 2, GBP: 2, JPY: 0, CAD: 2, AUD: 2, NZD: 2, BRL: 2, COP: 2, CLP: 0, PEN: 2, ARS: 2, UYU: 2, INR: 2, KRW: 0, CNY: 2, KWD: 3, CHF: 2 };
const values = ['0', '0.05', '-30', '1234.5', '-12345.67', '1234567.891', '9007199254740993'];

console.log(`# locale, currency, value, text: ICU ${process.versions.icu}, CLDR ${process.versions.cldr}`);
for (const locale of locales) {
  for (const [currency, digits] of Object.entries(decimals)) {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
    for (const value of values) {
      const [whole, fraction = ''] = value.split('.');
      if (fraction.length > digits) continue; // ICU would round
      console.log([locale, currency, value, format.format(value)].join('\t'));
    }
  }
}
