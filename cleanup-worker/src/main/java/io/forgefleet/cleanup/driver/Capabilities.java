package io.forgefleet.cleanup.driver;

/**
 * What a registry lets us do in one repository. Found out by asking for things that cannot be there, which changes nothing.
 *
 * @param untag whether a tag can go and leave its manifest and the other tags of it
 * @param delete whether a manifest can go
 * @param deleteTakesTags whether all tags of a manifest are to be expected to go with it, as the specification has it; else it is
 *     refused while it has any. A registry may keep tags that it should take: untag first where that can be done
 * @param referrersApi whether the registry itself knows what is about a manifest
 * @param seesUntagged whether {@link RegistryDriver#list} tells of manifests without a tag
 * @param hindrance for people: why nothing can be deleted here at all, and what to do; empty where something can
 */
public record Capabilities(
        boolean untag,
        boolean delete,
        boolean deleteTakesTags,
        boolean referrersApi,
        boolean seesUntagged,
        String hindrance) {

    /** Whether it is worth to start. */
    public boolean mayDelete() {
        return hindrance.isEmpty();
    }
}
