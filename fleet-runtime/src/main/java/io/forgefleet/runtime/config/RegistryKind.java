package io.forgefleet.runtime.config;

/** The ways in which registries let go of what they hold. */
public enum RegistryKind {
    /** The distribution specification and nothing beyond it. */
    OCI,
    /** Packages of Gitea and Forgejo. */
    GITEA,
    GHCR,
    GITLAB,
    DOCKER_HUB,
    ECR;

    /**
     * What an address alone tells.
     *
     * @param host with or without port and path
     */
    static RegistryKind of(String host) {
        String name = host.replaceFirst("[:/].*", "");
        return switch (name) {
            case "ghcr.io" -> GHCR;
            case "docker.io", "registry-1.docker.io", "index.docker.io" -> DOCKER_HUB;
            case "registry.gitlab.com" -> GITLAB;
            case "codeberg.org" -> GITEA;
            default -> name.matches(".+\\.dkr\\.ecr\\..+\\.amazonaws\\.com(\\.cn)?") ? ECR : OCI;
        };
    }
}
