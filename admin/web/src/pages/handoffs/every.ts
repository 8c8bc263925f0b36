/** How often the queue and the open conversation are read again, in milliseconds. */
export const every = { queue: 4000, talk: 2000 };
