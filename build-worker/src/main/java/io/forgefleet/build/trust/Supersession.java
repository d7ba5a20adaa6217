package io.forgefleet.build.trust;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.worker.Cancellation;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest commit wins: a push to a run's branch or pull request, or the end of either, ends the run as soon as the forge
 * says the same. Thread-safe.
 */
public final class Supersession implements Cancellation {

    private static final Logger LOG = LoggerFactory.getLogger(Supersession.class);

    private final Workplaces workplaces;

    public Supersession(Workplaces workplaces) {
        this.workplaces = workplaces;
    }

    @Override
    public Optional<Outcome> end(ForgeEvent news, RunSubject run) throws InterruptedException {
        CommitId commit = run.commit();
        Optional<Workplace> place = workplaces.of(run.repository());
        if (run.replay() || commit == null || place.isEmpty() || !concerns(news, run, commit)) {
            return Optional.empty();
        }
        try {
            RefTruth.confirm(place.get(), run, commit);
            return Optional.empty();
        } catch (RunEndedException e) {
            return Optional.of(e.outcome());
        } catch (ClientException | IOException e) {
            LOG.info("{} may be superseded, but its forge does not say: {}", run.where(), e.getMessage());
            return Optional.empty(); // it is asked again before anything is pushed
        }
    }

    private static boolean concerns(ForgeEvent news, RunSubject run, CommitId commit) {
        return switch (news) {
            case PushEvent push -> push.ref().value().equals(run.ref()) && !commit.equals(push.after());
            case PullRequestEvent request -> {
                Long number = run.pullRequest();
                yield number != null
                        && number == request.number()
                        && (request.action().ends() || !request.head().equals(commit));
            }
            default -> false;
        };
    }
}
