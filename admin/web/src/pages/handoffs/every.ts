/** How often the queue and the open conversation are read again, in milliseconds. */
export const every = 4000;
