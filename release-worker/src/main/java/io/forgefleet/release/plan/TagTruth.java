package io.forgefleet.release.plan;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.worker.Cancellation;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a tag is on its forge now: events come late, twice, and reversed. Refs are named in full, so that a branch of the same name
 * has no part in it. Thread-safe.
 */
public final class TagTruth implements Cancellation {

    private static final Logger LOG = LoggerFactory.getLogger(TagTruth.class);

    private final Workplaces workplaces;

    public TagTruth(Workplaces workplaces) {
        this.workplaces = workplaces;
    }

    /** The tag of a run. */
    public static RefName of(RunSubject run) {
        return new RefName(Objects.requireNonNull(run.ref(), "releases are of tags"));
    }

    /**
     * The commit that the run's tag names.
     *
     * @throws RunEndedException when it is gone, or names another commit than the event told
     */
    public static CommitId commit(Workplace place, RunSubject run)
            throws RunEndedException, ClientException, InterruptedException {
        RefName tag = of(run);
        CommitId now = place.mirror()
                .head(tag.value())
                .orElseThrow(() -> new RunEndedException(Reason.CLOSED, "the tag " + tag.shortName() + " is gone"));
        CommitId told = run.commit();
        if (told != null && !told.equals(now)) {
            throw new RunEndedException(
                    Reason.SUPERSEDED, "the tag " + tag.shortName() + " names " + now.sha7() + " now");
        }
        return now;
    }

    @Override
    public Optional<Outcome> end(ForgeEvent news, RunSubject run) throws InterruptedException {
        Optional<Workplace> place = workplaces.of(run.repository());
        boolean concerns = news instanceof TagEvent tag && tag.ref().value().equals(run.ref()) && run.commit() != null;
        if (!concerns || place.isEmpty()) {
            return Optional.empty();
        }
        try {
            var unused = commit(place.get(), run);
            return Optional.empty();
        } catch (RunEndedException e) {
            return Optional.of(e.outcome());
        } catch (ClientException e) {
            LOG.info("{} may have moved, but its forge does not say: {}", run.where(), e.getMessage());
            return Optional.empty(); // it is asked again before anything becomes public
        }
    }
}
