package io.forgefleet.gateway.api.page;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The page of one run: what, from where, how it goes, its images and its log. The target of each commit status. */
public final class RunPage {

    private final ForgeLinks links;

    public RunPage(ForgeLinks links) {
        this.links = links;
    }

    /**
     * Renders it.
     *
     * @param now what durations of unfinished steps are counted to
     */
    public String render(RunState run, Instant now) {
        RunSubject subject = run.subject();
        String where = subject.where();
        String title = subject.repository().name() + " " + where + ": " + Words.state(run);
        boolean going = run.outcome() == null;
        Markup live = Markup.of(
                "<main id=\"live\" data-going=\"{}\">{}{}{}{}{}{}</main>",
                going,
                heading(run),
                outcome(run),
                images(run),
                files(run, now),
                facts(run, now),
                steps(run, now));
        Markup log = Markup.of("""
                <section><h2>Log <a class="aside" href="/api/runs/{}/logs?follow=false">as text</a></h2>
                <pre id="log" data-source="/api/runs/{}/logs" tabindex="0"></pre></section>
                """, run.run(), run.run());
        return Page.render(title, Markup.join(List.of(live, log)));
    }

    private Markup heading(RunState run) {
        RunSubject subject = run.subject();
        Markup where = subject.pullRequest() == null
                ? Markup.of("<bdi>{}</bdi>", subject.where())
                : Markup.of("pull request {}", links.pullRequest(subject.repository(), subject.pullRequest()));
        return Markup.of(
                """
                <p class="badge {}">{}</p>
                <h1>{} of {} <span class="where">{}</span></h1>
                """,
                Words.tone(run),
                Words.state(run),
                Words.what(subject),
                links.repository(subject.repository()),
                where);
    }

    private Markup outcome(RunState run) {
        Outcome outcome = run.outcome();
        if (outcome == null) {
            return run.dueAt() == null
                    ? Markup.NONE
                    : Markup.of(
                            "<p class=\"note\">It waits, and is looked at again at {}.</p>", Words.time(run.dueAt()));
        }
        Markup lines = outcome.lastLines().isEmpty()
                ? Markup.NONE
                : Markup.of("<pre class=\"last\">{}</pre>", String.join("\n", outcome.lastLines()));
        return Markup.of(
                "<div class=\"outcome {}\"><p>{}</p>{}</div>",
                Words.tone(run),
                links.text(run.subject().repository(), outcome.message()),
                lines);
    }

    private static Markup images(RunState run) {
        boolean databases = run.subject().kind().equals(WorkerKind.TEMPLATE);
        List<Markup> parts = new ArrayList<>();
        for (PushedImage image : run.images()) {
            parts.add(Markup.of(
                    """
                    <li><b>{}</b> <span class="tag">{}</span>{}
                    <code class="copy">{} pull {}</code>
                    <span class="digest">{}</span></li>
                    """,
                    image.name(),
                    image.tag(),
                    image.reused() ? Markup.of(" <i>was there already</i>") : Markup.NONE,
                    databases ? "oras" : "docker",
                    image.tag().isEmpty() ? image.reference() : image.repository() + ":" + image.tag(),
                    image.digest()));
        }
        return parts.isEmpty()
                ? Markup.NONE
                : Markup.of(
                        "<section><h2>{}</h2><ul class=\"images\">{}</ul></section>",
                        databases ? "Template databases" : "Images",
                        Markup.join(parts));
    }

    private static Markup files(RunState run, Instant now) {
        List<Markup> parts = new ArrayList<>();
        for (Attachment file : run.attachments()) {
            parts.add(Markup.of(
                    "<li><a href=\"/api/runs/{}/{}\">{}</a> <span class=\"digest\">{}</span></li>",
                    run.run(),
                    file.name(),
                    file.name(),
                    file.digest()));
        }
        for (ImageTar tar : run.tars()) {
            parts.add(tar(run, tar, now));
        }
        return parts.isEmpty()
                ? Markup.NONE
                : Markup.of("<section><h2>Files</h2><ul class=\"images\">{}</ul></section>", Markup.join(parts));
    }

    private static Markup tar(RunState run, ImageTar tar, Instant now) {
        if (!now.isBefore(tar.until())) {
            return Markup.of("<li>{} as a tar was kept until {}</li>", tar.image(), Words.time(tar.until()));
        }
        return Markup.of(
                """
                <li><a href="/api/runs/{}/image.tar?image={}">{} as a tar</a>, {}, for docker load, until {}
                <span class="digest">{}</span></li>
                """,
                run.run(),
                URLEncoder.encode(tar.image(), StandardCharsets.UTF_8),
                tar.image(),
                Words.megabytes(tar.bytes()),
                Words.time(tar.until()),
                tar.digest());
    }

    private Markup facts(RunState run, Instant now) {
        RunSubject subject = run.subject();
        CommitId commit = subject.commit();
        List<Markup> rows = new ArrayList<>();
        if (commit != null) {
            rows.add(fact("Commit", links.commit(subject.repository(), commit, commit.abbreviated(12))));
        }
        rows.add(fact(
                "Event",
                Markup.of("<a href=\"/api/events/{}\"><code>{}</code></a>", subject.event(), subject.event())));
        rows.add(fact("Run", Markup.of("<a href=\"/api/runs/{}\"><code>{}</code></a>", run.run(), run.run())));
        if (subject.replay()) {
            rows.add(fact("Asked for", Markup.of("again, by a replay")));
        }
        rows.add(fact("Attempt", Markup.of("{}", run.attempt())));
        rows.add(fact("Started", Words.time(run.startedAt())));
        Instant end = run.outcome() == null ? now : run.updatedAt();
        rows.add(fact(run.outcome() == null ? "For" : "Took", Markup.of("{}", Words.between(run.startedAt(), end))));
        rows.add(fact("Worker", Markup.of("{}", run.worker())));
        return Markup.of("<dl>{}</dl>", Markup.join(rows));
    }

    private static Markup fact(String name, Markup value) {
        return Markup.of("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
    }

    private static Markup steps(RunState run, Instant now) {
        List<Markup> rows = new ArrayList<>();
        for (Step step : run.steps()) {
            Instant ended = step.ended();
            boolean going = ended == null && run.outcome() == null;
            String tone = step.failed() ? "bad" : going ? "busy" : "good";
            rows.add(Markup.of(
                    "<li class=\"{}\"><span>{}</span> <span class=\"took\">{}</span>{}</li>",
                    tone,
                    step.name(),
                    Words.between(step.started(), ended == null ? (going ? now : run.updatedAt()) : ended),
                    step.detail().isEmpty() ? Markup.NONE : Markup.of("<small>{}</small>", step.detail())));
        }
        return rows.isEmpty()
                ? Markup.NONE
                : Markup.of("<section><h2>Steps</h2><ol class=\"steps\">{}</ol></section>", Markup.join(rows));
    }
}
