package io.forgefleet.cleanup.driver;

import java.util.Locale;

/** The ways in which registries let go of what they hold. */
public enum RegistryKind {
    /** The distribution specification and nothing beyond it. */
    OCI("blobs stay on the registry's disk until its own garbage collection runs:"
            + " registry garbage-collect --delete-untagged=false /etc/docker/registry/config.yml, while nobody pushes"),
    GITEA("blobs that no package names any more are removed by the cron task cleanup_packages, daily by default"),
    GHCR("GitHub removes blobs by itself; storage is billed until it has"),
    GITLAB("blobs stay until the registry's garbage collection has run: online where it has a metadata database, else"
            + " gitlab-ctl registry-garbage-collect"),
    DOCKER_HUB("Docker Hub removes blobs by itself, in hours to days"),
    ECR("nothing is deleted here: let a lifecycle policy of the repository do it");

    private final String garbage;

    RegistryKind(String garbage) {
        this.garbage = garbage;
    }

    /** For people: who frees the space after a deletion, and when. */
    public String garbage() {
        return garbage;
    }

    /** As it is written in {@code fleet.yml}: {@code docker-hub}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
