package io.forgefleet.host.forge.repository;

/**
 * Somebody who may use the forge, or an organization that owns repositories.
 *
 * @param name lower-case letters, digits, inner dashes
 * @param token password for git and {@code Authorization: token …} for the API
 */
public record Account(long id, String name, String token) {

    @Override
    public String toString() {
        return name;
    }
}
