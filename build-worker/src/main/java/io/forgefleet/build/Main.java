package io.forgefleet.build;

import io.forgefleet.runtime.service.ServiceMain;

/** The build worker as a process of its own. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        ServiceMain.run(
                "build-worker",
                arguments,
                service -> BuildService.start(service, service.awaitKafka(BuildService.shareGroups(service.config()))));
    }
}
