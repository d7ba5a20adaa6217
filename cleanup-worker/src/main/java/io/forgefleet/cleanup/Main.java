package io.forgefleet.cleanup;

import io.forgefleet.runtime.service.ServiceMain;

/** The cleanup worker as a process of its own. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        ServiceMain.run("cleanup-worker", arguments, service -> CleanupService.start(service, service.awaitKafka()));
    }
}
