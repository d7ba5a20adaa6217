package io.forgefleet.cleanup.driver.api;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.OciDriver;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;

/** Amazon's registry, whose lifecycle policies delete by themselves: read and reported, never deleted from. */
final class EcrDriver implements RegistryDriver {

    private static final String WHY =
            "ECR is left to its lifecycle policies; give the repository one that expires what tags of pull requests name";

    private final OciDriver oci;

    EcrDriver(RegistryReader reader) {
        this.oci = new OciDriver(reader);
    }

    @Override
    public RegistryKind kind() {
        return RegistryKind.ECR;
    }

    @Override
    public String garbage() {
        return "nothing is deleted here";
    }

    @Override
    public Capabilities capabilities(String repository) throws ClientException, InterruptedException {
        boolean referrers = oci.reader().registry().referrers().hasApi(repository);
        return new Capabilities(false, false, true, referrers, false, WHY);
    }

    @Override
    public Listing list(String repository) throws ClientException, InterruptedException {
        return oci.list(repository);
    }

    @Override
    public RegistryReader reader() {
        return oci.reader();
    }

    @Override
    public Removal untag(String repository, String tag) {
        return new Removal.Refused(WHY);
    }

    @Override
    public Removal delete(String repository, Digest digest) {
        return new Removal.Refused(WHY);
    }
}
