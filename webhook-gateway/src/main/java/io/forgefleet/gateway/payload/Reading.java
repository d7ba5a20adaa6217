package io.forgefleet.gateway.payload;

import io.forgefleet.events.ForgeEvent;

/** What a payload turned out to be. */
public sealed interface Reading {

    /** Something that the fleet wants to know. */
    record Event(ForgeEvent event) implements Reading {}

    /**
     * Well-formed, but of no interest.
     *
     * @param why in a few words, for people who look for their event
     */
    record Ignored(String why) implements Reading {}

    /**
     * Not what the forge sends.
     *
     * @param pointer JSON pointer (RFC 6901) of what is wrong; empty for the whole payload
     * @param expected what should stand there; holds nothing of the payload
     */
    record Malformed(String pointer, String expected) implements Reading {}
}
