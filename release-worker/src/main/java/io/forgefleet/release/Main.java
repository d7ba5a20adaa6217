package io.forgefleet.release;

import io.forgefleet.runtime.service.ServiceMain;

/** The release worker as a process of its own. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        ServiceMain.run(
                "release-worker",
                arguments,
                service ->
                        ReleaseService.start(service, service.awaitKafka(ReleaseService.shareGroup(service.config()))));
    }
}
