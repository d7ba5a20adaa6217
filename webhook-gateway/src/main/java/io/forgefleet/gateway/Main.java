package io.forgefleet.gateway;

import io.forgefleet.runtime.service.ServiceMain;

/** The gateway as a process of its own. */
public final class Main {

    private Main() {}

    /** Starts it; takes {@code [--config FILE]}. */
    public static void main(String[] arguments) {
        ServiceMain.run(
                "webhook-gateway",
                arguments,
                service -> GatewayService.start(
                        service, service.awaitKafka(GatewayService.shareGroups(service.config()))));
    }
}
