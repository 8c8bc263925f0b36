/** reasonGiven refuses early what the API would refuse: a change that somebody answers for needs its reason. */
export const reasonGiven = (hint: string) => (reason: string) => (reason.trim().length < 3 ? hint : null);
