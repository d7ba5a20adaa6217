package io.forgefleet.release.plan;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.clients.git.RemoteRefs;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.repofile.ReleaseSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.release.ReleaseRule;
import io.forgefleet.runtime.worker.NothingToDoException;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.gate.waiver.WaiverException;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.place.RepositoryWaivers;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Makes plans. Thread-safe. */
public final class Planning {

    private final FleetConfig config;

    public Planning(FleetConfig config) {
        this.config = config;
    }

    /**
     * The plan of a tag.
     *
     * @param commit that the tag names on the forge
     * @throws NothingToDoException when the commit declares no release of such a tag
     * @throws RunEndedException when it declares one that must not be
     */
    public Plan of(Workplace place, RefName tag, CommitId commit)
            throws NothingToDoException, RunEndedException, IOException, ClientException, InterruptedException {
        ReleaseRule rule = Objects.requireNonNull(place.rule().release(), "the planner has seen to it");
        var unused = place.mirror().fetch(tag.value(), commit);
        CommitFiles files = place.mirror().read(commit, DeclaredImages.PATHS);
        RepositoryFile declared;
        try {
            declared = DeclaredImages.of(files.files());
        } catch (RepositoryFileException e) {
            throw new RunEndedException(Outcome.failed(String.valueOf(e.getMessage()), e.errors()));
        }
        String name = tag.shortName();
        ReleaseSpec spec = declared.release();
        if (spec == null || !spec.matches(name)) {
            throw new NothingToDoException("the commit of " + name + " declares no release of such a tag");
        }
        Version version = Version.ofTag(name)
                .orElseThrow(() -> new RunEndedException(
                        Reason.FAILED,
                        name + " names no version: v1.2.3 or 1.2.3-rc.1 was expected, without build metadata (+…)"));
        if (declared.images().isEmpty() && spec.artifacts().isEmpty()) {
            throw new RunEndedException(
                    Reason.FAILED, "there is nothing to release: no image, and no artifact in .forgefleet.yml");
        }
        requireProtected(place, rule, tag, commit);
        return new Plan(
                place,
                places(place, spec),
                tag,
                commit,
                files,
                declared,
                spec,
                version,
                Policies.of(place.rule(), spec),
                waivers(place, commit, spec.waivers()),
                Policies.key(config, rule, spec.key()));
    }

    /** The waivers of a commit. */
    public static List<Waiver> waivers(Workplace place, CommitId commit, String file)
            throws RunEndedException, ClientException, InterruptedException {
        try {
            return RepositoryWaivers.of(place, commit, file);
        } catch (WaiverException e) {
            throw new RunEndedException(Outcome.failed(String.valueOf(e.getMessage()), e.errors()));
        }
    }

    private static List<Workplace> places(Workplace place, ReleaseSpec spec) throws RunEndedException {
        List<Workplace> all = new ArrayList<>(List.of(place));
        all.addAll(place.copies());
        if (spec.registries().isEmpty()) {
            return all;
        }
        List<Workplace> chosen = new ArrayList<>();
        for (String name : spec.registries()) {
            chosen.add(all.stream()
                    .filter(each -> each.registryConfig().name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new RunEndedException(
                            Reason.FAILED,
                            "the registry " + name + " gets no images of this repository: fleet.yml has to name it in"
                                    + " images or copyTo")));
        }
        return chosen;
    }

    /** Whoever may tag need not be who may merge. */
    private static void requireProtected(Workplace place, ReleaseRule rule, RefName tag, CommitId commit)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        if (rule.commits() == ReleaseRule.Commits.ANY) {
            return;
        }
        RemoteRefs refs = place.mirror().refs();
        Optional<String> byDefault = refs.defaultBranch();
        for (Map.Entry<String, CommitId> each : refs.commits().entrySet()) {
            String ref = each.getKey();
            boolean guarded = byDefault.map(ref::equals).orElse(false)
                    || (ref.startsWith("refs/heads/")
                            && place.rule().isProtected(ref.substring("refs/heads/".length())));
            if (guarded) {
                var unused = place.mirror().fetch(ref, each.getValue());
                if (place.mirror().isAncestor(commit, each.getValue())) {
                    return;
                }
            }
        }
        throw new RunEndedException(
                Reason.FAILED,
                tag.shortName() + " names " + commit.sha7()
                        + ", which no protected branch holds: merge it first, or set release.commits: any in fleet.yml");
    }
}
