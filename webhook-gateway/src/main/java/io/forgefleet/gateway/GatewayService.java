package io.forgefleet.gateway;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.StatusPost;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.gateway.api.CleanupRoutes;
import io.forgefleet.gateway.api.ManagementApi;
import io.forgefleet.gateway.api.Pages;
import io.forgefleet.gateway.api.RunCatalogue;
import io.forgefleet.gateway.api.RunTars;
import io.forgefleet.gateway.api.TemplateClones;
import io.forgefleet.gateway.intake.EventPublisher;
import io.forgefleet.gateway.intake.ForgeEndpoint;
import io.forgefleet.gateway.intake.IntakeLimits;
import io.forgefleet.gateway.intake.WebhookHandler;
import io.forgefleet.gateway.replay.EventIndex;
import io.forgefleet.gateway.replay.Replays;
import io.forgefleet.gateway.signature.WebhookSecret;
import io.forgefleet.gateway.status.PostTiming;
import io.forgefleet.gateway.status.StatusClient;
import io.forgefleet.gateway.status.StatusReporter;
import io.forgefleet.gateway.write.WriteService;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.PostgresConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.StopAction;
import io.forgefleet.runtime.service.StopStage;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.template.postgres.CloneService;
import io.forgefleet.work.template.postgres.PostgresTools;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway within a process, alone or beside workers. It stops with its {@link Service}. */
public final class GatewayService {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(1);

    private final WebhookServer webhooks;

    private GatewayService(WebhookServer webhooks) {
        this.webhooks = webhooks;
    }

    /**
     * Starts it; returns when webhooks are answered.
     *
     * @param kafka where the topics and {@link #shareGroups} are there already
     * @throws IOException when the address of the webhooks cannot be bound
     */
    public static GatewayService start(Service service, KafkaSettings kafka) throws IOException, InterruptedException {
        FleetConfig config = service.config();
        RecordPublisher publisher = new RecordPublisher(kafka);
        service.onStop(StopStage.CLOSE, "publisher", left -> publisher.close());
        EventIndex events = new EventIndex(kafka);
        service.onStop(StopStage.CLOSE, "index of events", left -> events.close());
        RunCatalogue runs = new RunCatalogue(kafka);
        service.onStop(StopStage.CLOSE, "catalogue of runs", left -> runs.close());
        service.readiness().add("events", reading(events::isCurrent));
        service.readiness().add("runs", reading(runs::isCurrent));

        Registries registries = new Registries(config, DockerCredentials.ofThisProcess());
        clones(service, runs, registries);
        ManagementApi api = new ManagementApi(
                kafka,
                runs,
                events,
                new Replays(events, publisher),
                registries,
                new RunTars(service.vertx(), config.api().token(), InstantSource.system()),
                service.publicUrl());
        new CleanupRoutes(
                        service.vertx(),
                        config.retention().worker(),
                        config.api().token())
                .add(service.management().router());
        api.add(service.management().router());
        new Pages(runs, config).add(service.management().router());
        service.onStop(StopStage.INTAKE, "logs that are read", left -> api.close());

        StatusReporter reporter = new StatusReporter(
                kafka,
                publisher,
                service.publicUrl(),
                config.forges().stream().collect(Collectors.toMap(ForgeConfig::name, GatewayService::statuses)),
                PostTiming.DEFAULTS,
                service.meters().registry());
        service.onStop(StopStage.DRAIN, "statuses", left -> reporter.close());

        for (WriteService writes : WriteService.start(
                config, kafka, registries, service.publicUrl(), service.meters().registry())) {
            service.readiness().add(writes.name(), writes::missing);
            service.onStop(
                    StopStage.DRAIN,
                    writes.name(),
                    left -> writes.stop(config.intervals().drain()));
        }

        IntakeLimits limits = IntakeLimits.DEFAULT;
        EventPublisher intake = new EventPublisher(service.vertx(), kafka, events::knows, limits);
        service.onStop(StopStage.DRAIN, "events on their way", awaited(intake::close));
        WebhookServer webhooks = WebhookServer.start(
                service.vertx(),
                config.listen().webhooks(),
                new WebhookHandler(
                        service.vertx(),
                        endpoints(config),
                        intake,
                        events::headOf,
                        limits,
                        service.meters().registry()));
        service.onStop(StopStage.INTAKE, "webhooks", awaited(webhooks::close));
        return new GatewayService(webhooks);
    }

    /** Before the API, which answers whatever else is asked below its path. */
    private static void clones(Service service, RunCatalogue runs, Registries registries) {
        FleetConfig config = service.config();
        PostgresConfig postgres = config.templates().postgres();
        Path scratch = config.dataDirectory().resolve("clones");
        CloneService clones = new CloneService(
                postgres,
                new PostgresTools(
                        ConfiguredScan.paths(config, System.getenv()),
                        config.templates().timeout()),
                scratch,
                BETWEEN_SWEEPS);
        new TemplateClones(runs, registries, clones, scratch, postgres.cloneAge())
                .add(service.management().router());
        service.onStop(StopStage.CLOSE, "clones", left -> clones.close());
    }

    /** The share groups of the gateway; they have to be there before it starts. */
    public static ShareGroup[] shareGroups(FleetConfig config) {
        return WriteService.shareGroups(config);
    }

    /** The port that forges call. */
    public int webhookPort() {
        return webhooks.port();
    }

    private static Supplier<String> reading(Supplier<Boolean> current) {
        return () -> current.get() ? "" : "Kafka cannot be read, or not to its end yet";
    }

    private static StopAction awaited(Supplier<Future<?>> closing) {
        return left ->
                closing.get().toCompletionStage().toCompletableFuture().get(left.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static List<ForgeEndpoint> endpoints(FleetConfig config) {
        return config.forges().stream()
                .map(forge -> new ForgeEndpoint(
                        forge.name(), forge.kind(), secrets(config, forge), forge::covers, InstantSource.system()))
                .toList();
    }

    private static List<WebhookSecret> secrets(FleetConfig config, ForgeConfig forge) {
        if (forge.webhookSecrets().isEmpty()
                && config.repositories().stream()
                        .allMatch(rule -> rule.webhookSecrets().isEmpty())) {
            LOG.warn(
                    "no webhookSecrets are configured for forge {}: all of its webhooks are answered 401",
                    forge.name());
        }
        List<WebhookSecret> secrets = new ArrayList<>();
        forge.webhookSecrets().forEach(secret -> secrets.add(WebhookSecret.ofForge(secret.value())));
        for (RepositoryRule rule : config.repositories()) {
            rule.webhookSecrets().forEach(secret -> secrets.add(new WebhookSecret(secret.value(), rule::matches)));
        }
        return secrets;
    }

    private static StatusClient statuses(ForgeConfig config) {
        Secret token = config.token();
        if (token == null) {
            return status -> {
                throw new ClientException(
                        ClientException.Kind.UNAUTHORIZED,
                        "no status can be posted without a token; set one for forge " + config.name());
            };
        }
        Forge forge = Forge.open(config.kind(), config.url().toString(), token.value(), PostTiming.DEFAULTS.post());
        return status -> forge.postStatus(
                status.repository(),
                status.commit(),
                new StatusPost(
                        status.context(), status.state(), status.description(), status.targetUrl(), status.ref()));
    }
}
