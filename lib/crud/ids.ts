const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether `text` can be an id at all; PostgreSQL answers anything else with an error. Only in the spelling that it gives
 * out, so that ids can be compared as texts.
 */
export const isUuid = (text: string): boolean => UUID.test(text);
