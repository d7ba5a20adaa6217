package io.forgefleet.clients.scan;

import io.forgefleet.events.image.Digest;

/**
 * One image of one platform in a registry.
 *
 * @param repository registry and repository as this host reaches them, without tag: {@code 127.0.0.1:5000/team/app}
 * @param digest of the image, or of an index that has it for the platform
 * @param platform {@code os/arch[/variant]}; empty when the digest is that of an image and its platform does not matter
 * @param plainHttp whether the registry speaks HTTP without TLS
 */
public record ImageToScan(String repository, Digest digest, String platform, boolean plainHttp) implements ScanSubject {

    /** What to pull: {@code repository@digest}. */
    public String reference() {
        return repository + "@" + digest;
    }

    @Override
    public String toString() {
        return platform.isEmpty() ? reference() : reference() + " (" + platform + ")";
    }
}
