package io.forgefleet.release.plan;

import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.repofile.ReleaseSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import io.forgefleet.work.evidence.statement.Provenance;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.Version;
import java.util.List;

/**
 * What is released of a tag: as its commit declares it, within what the server allows now.
 *
 * @param place the repository, with the registry where images are built
 * @param places the same with each registry that gets the release
 * @param policy the stricter one of the repository's and the server's
 * @param key that signs
 */
public record Plan(
        Workplace place,
        List<Workplace> places,
        RefName tag,
        CommitId commit,
        CommitFiles files,
        RepositoryFile declared,
        ReleaseSpec spec,
        Version version,
        Policy policy,
        List<Waiver> waivers,
        SigningKeyConfig key) {

    public Plan {
        places = List.copyOf(places);
        waivers = List.copyOf(waivers);
    }

    /** The containers that its commands run in, where the commit names them by digest. */
    public List<Provenance.Dependency> pinned() {
        return spec.artifacts().stream()
                .map(artifact -> artifact.image())
                .filter(image -> image.contains("@"))
                .distinct()
                .map(Provenance.Dependency::ofImage)
                .toList();
    }

    /** How an image is called in one of the registries. */
    public ImageName name(Workplace in, String image) {
        return declared.images().stream()
                .filter(each -> each.name().equals(image))
                .findFirst()
                .map(each -> in.name(each, declared.images().size()))
                .orElseThrow(() -> new IllegalStateException("the commit declares no image " + image));
    }
}
