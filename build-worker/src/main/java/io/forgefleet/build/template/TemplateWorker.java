package io.forgefleet.build.template;

import io.forgefleet.build.trust.Declaration;
import io.forgefleet.build.trust.RefTruth;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.worker.NothingToDoException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Provides the template databases that a commit declares. Nothing is told of commits that declare none, and nothing runs where a
 * database of the same content is there. Thread-safe.
 */
final class TemplateWorker implements Worker {

    private final Workplaces workplaces;
    private final TemplateRun.Means means;
    private final RefTruth truth = new RefTruth();

    TemplateWorker(Workplaces workplaces, TemplateRun.Means means) {
        this.workplaces = workplaces;
        this.means = means;
    }

    @Override
    public Outcome work(Run run) throws Exception {
        try {
            return templates(run);
        } catch (RunEndedException e) {
            return e.outcome();
        } catch (IOException e) {
            throw new RetryableException("this worker's disk does not do what it should: " + e.getMessage(), e);
        } catch (ClientException e) {
            if (!e.retryable() && e.kind() != ClientException.Kind.UNAUTHORIZED) {
                return Outcome.of(Reason.FAILED, String.valueOf(e.getMessage()));
            }
            throw new RetryableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(Duration.ZERO), e);
        }
    }

    private Outcome templates(Run run) throws Exception {
        CommitId commit = Objects.requireNonNull(run.subject().commit(), "the planner gives a commit");
        Workplace place = workplaces
                .of(run.subject().repository())
                .orElseThrow(() -> new NothingToDoException("the repository is not configured any more"));
        RefTruth.Found found;
        RepositoryFile declared;
        try {
            found = truth.learn(place, run, commit);
            CommitFiles files = place.mirror().read(commit, DeclaredImages.PATHS);
            declared = Declaration.of(place, found.source(), files);
        } catch (RunEndedException e) {
            // the run of its images says the same to whoever cares
            throw new NothingToDoException(String.valueOf(e.getMessage()));
        }
        List<TemplateSpec> wanted = wanted(declared, run.subject());
        if (found.source().trust() == TrustClass.PROTECTED) {
            run.beyondRecall(); // as with images: what has begun of a protected branch is never cancelled
        }
        run.begin("look for " + names(wanted));
        TemplateRun templates = new TemplateRun(means, run, place, found, commit, declared);
        List<String> provided = new ArrayList<>();
        List<Outcome> failed = new ArrayList<>();
        for (TemplateSpec spec : wanted) {
            try {
                provided.add(templates.provide(spec));
            } catch (RunEndedException e) {
                failed.add(e.outcome()); // the others are not to wait for its mending
            }
        }
        if (failed.isEmpty()) {
            return Outcome.of(Reason.SUCCEEDED, String.join("; ", provided));
        }
        Outcome first = failed.getFirst();
        String all = failed.stream().map(Outcome::message).collect(Collectors.joining("; "));
        return new Outcome(first.reason(), all, first.lastLines());
    }

    private static List<TemplateSpec> wanted(RepositoryFile declared, RunSubject run)
            throws RunEndedException, NothingToDoException {
        int slash = run.target().indexOf('/');
        String name = slash < 0 ? "" : run.target().substring(slash + 1);
        List<TemplateSpec> wanted = declared.templateDatabases().stream()
                .filter(template -> name.isEmpty() || template.name().equals(name))
                .toList();
        if (wanted.isEmpty() && name.isEmpty()) {
            throw new NothingToDoException("this commit declares no template database");
        }
        if (wanted.isEmpty()) {
            throw new RunEndedException(
                    Reason.FAILED,
                    "this commit declares no template database " + name + ", but "
                            + names(declared.templateDatabases()));
        }
        return wanted;
    }

    private static String names(List<TemplateSpec> templates) {
        return templates.isEmpty()
                ? "none"
                : templates.stream().map(TemplateSpec::name).collect(Collectors.joining(", "));
    }
}
