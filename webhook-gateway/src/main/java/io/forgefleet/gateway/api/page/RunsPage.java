package io.forgefleet.gateway.api.page;

import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of recent runs. */
public final class RunsPage {

    private static final String ROW = """
            <li><a class="run" href="/runs/{}"><span class="badge {}">{}</span>
            <span class="name"><b>{}</b> <bdi>{}</bdi> <code>{}</code></span>
            <span class="made">{} {}</span>
            <span class="when">{} · {}</span></a></li>
            """;

    /**
     * Renders it.
     *
     * @param next query that leads to older runs; null when these are the last
     */
    public String render(List<RunState> runs, @Nullable String next, Instant now) {
        List<Markup> rows = new ArrayList<>();
        for (RunState run : runs) {
            RunSubject subject = run.subject();
            rows.add(Markup.of(
                    ROW,
                    run.run(),
                    Words.tone(run),
                    Words.state(run),
                    subject.repository(),
                    subject.where(),
                    subject.commit() == null ? "" : subject.commit().sha7(),
                    Words.what(subject),
                    made(run.images()),
                    Words.time(run.startedAt()),
                    Words.between(run.startedAt(), run.outcome() == null ? now : run.updatedAt())));
        }
        Markup list = rows.isEmpty()
                ? Markup.of("<p class=\"note\">No run is known that matches. A push or a pull request starts one.</p>")
                : Markup.of("<ul class=\"runs\">{}</ul>", Markup.join(rows));
        Markup older = next == null ? Markup.NONE : Markup.of("<p><a href=\"/runs?{}\">Older runs</a></p>", next);
        return Page.render(
                "Runs", Markup.of("<main id=\"live\" data-going=\"true\"><h1>Runs</h1>{}{}</main>", list, older));
    }

    private static String made(List<PushedImage> images) {
        return String.join(
                "  ",
                images.stream()
                        .map(image -> image.tag().isEmpty() ? image.name() : image.name() + ":" + image.tag())
                        .toList());
    }
}
