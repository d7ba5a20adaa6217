package io.forgefleet.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresConfigTest {

    @Test
    void serversAndImagesAreRead() throws Exception {
        PostgresConfig config =
                FleetConfig.parse("""
                        templates:
                          postgres:
                            images: {"16": "r.example/postgres:16"}
                            servers:
                              - {name: a, url: "postgresql://db.example/fleet?sslmode=verify-full", user: fleet,
                                 password: "${env:PW}", version: "16", advertised: "postgresql://out.example:6432"}
                            cloneAge: 30m
                        """, Map.of("PW", "hunter2")).templates().postgres();
        PostgresConfig.Server server = config.servers().getFirst();
        assertThat(server.address()).isEqualTo(new PostgresConfig.Address("db.example", 5432, "fleet", "verify-full"));
        assertThat(server.advertised()).hasToString("out.example:6432");
        assertThat(config.images()).containsEntry("16", "r.example/postgres:16");
        assertThat(config.cloneAge()).hasMinutes(30);
        assertThat(config.toString()).doesNotContain("hunter2");
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        assertThatThrownBy(() -> FleetConfig.parse("""
                        templates:
                          postgres:
                            images: {newest: "r.example/postgres:16"}
                            servers:
                              - {name: a, url: "postgresql://me:secret@db.example/x", user: fleet}
                              - {name: a, url: "postgresql://db.example", user: fleet, password: plain}
                        """, Map.of()))
                .hasMessageContaining("/templates/postgres/images/newest")
                .hasMessageContaining("/templates/postgres/servers/0/url: an address such as")
                .hasMessageContaining("/templates/postgres/servers/1/password")
                .hasMessageContaining("'a' is used twice")
                .hasMessageNotContaining("secret@");
    }

    @Test
    void aMajorVersionStandsForAllOfItsOwn() {
        assertThat(PostgresConfig.fits("16", "16.4")).isTrue();
        assertThat(PostgresConfig.fits("16.4", "16.4")).isTrue();
        assertThat(PostgresConfig.fits("16.4", "16.5")).isFalse();
        assertThat(PostgresConfig.fits("1", "16.4")).isFalse();
        assertThat(PostgresConfig.fits("9", "9.6")).isTrue();
    }
}
