// Dangerous changes since the last release that were judged harmless: each with
// its path and kind as the check prints them, and the reason. A release empties
// the list. Breaking changes cannot be listed.
//
//   { path: "PaymentLinkState.PAUSED", type: "ENUM_VALUE_ADDED", reason: "..." },
export const accepted = [];
