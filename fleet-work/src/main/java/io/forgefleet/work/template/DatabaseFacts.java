package io.forgefleet.work.template;

/**
 * What a finished database holds.
 *
 * @param tables of the database itself, without those of its engine
 * @param rows of all of them
 */
public record DatabaseFacts(long tables, long rows) {}
