package io.forgefleet.clients.forge.release;

import io.forgefleet.events.image.Digest;
import java.util.Optional;

/**
 * A file of a release as a forge has it.
 *
 * @param id as the forge names it
 * @param name which the forge may have changed
 * @param complete false when an upload broke off and left something
 * @param digest empty where the forge does not tell it
 * @param url its bytes are to be had at; empty where that follows from the id
 */
public record StoredAsset(String id, String name, long bytes, boolean complete, Optional<Digest> digest, String url) {}
