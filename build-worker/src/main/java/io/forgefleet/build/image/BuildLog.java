package io.forgefleet.build.image;

import io.forgefleet.clients.engine.BuildEvent;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.Redaction;
import java.util.function.Consumer;

/** Writes what happens in a build into the run's log, secrets taken out, and the step that it is at into the run. */
final class BuildLog implements Consumer<BuildEvent> {

    private static final String INTERNAL = "[internal]";

    private final Run run;
    private final Redaction redaction;

    BuildLog(Run run, Redaction redaction) {
        this.run = run;
        this.redaction = redaction;
    }

    @Override
    public void accept(BuildEvent event) {
        switch (event) {
            case BuildEvent.StepStarted step -> started(step.name());
            case BuildEvent.LogLine line -> log(line.line());
            case BuildEvent.Warning warning -> log("warning: " + warning.text());
            case BuildEvent.StepEnded step -> ended(step);
        }
    }

    private void started(String name) {
        if (name.startsWith(INTERNAL)) {
            return;
        }
        log(name);
        run.detail(redaction.clean(name));
    }

    private void ended(BuildEvent.StepEnded step) {
        if (step.error() != null) {
            log(step.name() + " failed: " + step.error());
        } else if (step.cached() && !step.name().startsWith(INTERNAL)) {
            log(step.name() + " was cached");
        }
    }

    private void log(String line) {
        run.log(redaction.clean(line));
    }
}
