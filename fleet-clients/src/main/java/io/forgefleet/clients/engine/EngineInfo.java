package io.forgefleet.clients.engine;

/**
 * What an engine says about itself.
 *
 * @param version of the engine
 * @param containerdStore whether images are kept in containerd's store, which keeps manifests byte for byte. Without it
 *     the engine writes manifests anew at push, annotations are lost, and caches cannot be exported to a registry
 */
public record EngineInfo(String version, boolean containerdStore) {

    /** What to do about a missing containerd store, for messages. */
    public static final String CONTAINERD_ADVICE =
            "the engine keeps images in its old store; set {\"features\":{\"containerd-snapshotter\":true}} in"
                    + " /etc/docker/daemon.json and restart it";
}
