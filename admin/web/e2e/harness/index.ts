export { api } from "./api";
export { invited, owner, type Account } from "./people";
export { placesOf, type Place } from "./places";
export * from "./steps";
export { test } from "./test";
export { totp } from "./totp";
