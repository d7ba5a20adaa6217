package io.forgefleet.work.template.postgres;

import io.forgefleet.runtime.config.PostgresConfig.Address;
import io.forgefleet.runtime.config.Secret;

/**
 * A database of somebody's own, with a role that can connect to nothing else of the fleet.
 *
 * @param id by which it is given back
 * @param address host and port as those reach it who use it
 * @param name of the database and of the role
 */
public record Clone(String id, Address address, String name, Secret password) {

    /** What most libraries take. */
    public String url() {
        String plain = "postgresql://" + name + ":" + password.value() + "@" + address + "/" + name;
        return address.sslmode().equals("prefer") ? plain : plain + "?sslmode=" + address.sslmode();
    }
}
