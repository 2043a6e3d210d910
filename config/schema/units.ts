export const DAY_MS = 86_400_000;
export const MEBIBYTE = 1_048_576;
