package io.forgefleet.build.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.template.FinishedDatabase;
import java.io.IOException;
import java.nio.file.Path;

/** How the databases of one engine are filled. Thread-safe. */
interface Preparation {

    /**
     * A template to be made.
     *
     * @param checkout files of the commit
     * @param folder empty, for what comes of it
     * @param key hash of its key
     * @param trust class of the code that runs
     * @param what names the artifact; the run has the claim on it
     */
    record Order(
            Run run,
            TemplateSpec spec,
            CommandImage image,
            String key,
            TrustClass trust,
            Path checkout,
            Path folder,
            String what) {}

    /**
     * Runs the command and seals what it left.
     *
     * @return a file in the order's folder
     * @throws RunEndedException when this fleet cannot, whatever the command does
     * @throws PreparationException when the command, or what it left, is not as it has to be
     */
    FinishedDatabase prepare(Order order)
            throws PreparationException, RunEndedException, DependencyAwayException, IOException, ClientException,
                    InterruptedException;
}
