package io.forgefleet.cleanup.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.forgefleet.cleanup.apply.Report;
import io.forgefleet.cleanup.plan.Item;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.events.RepositoryId;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What came of a wish.
 *
 * @param refusal why nothing was looked at or deleted, with what to do; empty where nothing stood against it
 */
public record Outcome(RepositoryId repository, String refusal, List<OfImage> images) {

    /**
     * Of one image.
     *
     * @param refusal as above
     * @param plan null where it could not be made, or nothing was due
     * @param report null where nothing was carried out
     * @param garbage who frees the space, and when
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfImage(
            String image,
            String refusal,
            @Nullable Plan plan,
            @Nullable Report report,
            String garbage) {

        private OfImage only(Predicate<Item> told) {
            return plan == null ? this : new OfImage(image, refusal, plan.only(told), report, garbage);
        }

        static OfImage refused(String image, String why, @Nullable Plan plan) {
            return new OfImage(image, why, plan, null, "");
        }
    }

    public Outcome {
        images = List.copyOf(images);
    }

    /** The same, telling of some items of the plans only. */
    public Outcome only(Predicate<Item> told) {
        return new Outcome(
                repository,
                refusal,
                images.stream().map(each -> each.only(told)).toList());
    }

    static Outcome refused(RepositoryId repository, String why) {
        return new Outcome(repository, why, List.of());
    }
}
