export { Ledger } from "./Ledger";
export { PhoneActions } from "./PhoneActions";
export { reasonGiven } from "./reason";
export { StandingOf, useStanding } from "./StandingOf";
