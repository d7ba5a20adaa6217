package io.forgefleet.local.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** What holds for the code of every module, below any root package so that broken code can be tried as well. */
final class Rules {

    /** Beside its package-info. */
    private static final int MOST_FILES = 16;

    private static final String NAMES_OF_NOTHING = ".*(Util|Utils|Helper|Helpers|Manager|Common|Impl)";

    private Rules() {}

    static ArchRule dependencies(Module module, String root) {
        return classes()
                .that()
                .resideInAPackage(module.packages(root))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(module.mayUse(root))
                .because("docs/architecture.md says what each module may use");
    }

    static ArchRule modules() {
        return classes()
                .should()
                .resideInAnyPackage(Module.ALL.stream()
                        .map(module -> module.packages(Module.ROOT))
                        .toArray(String[]::new));
    }

    static ArchRule noCycles(String root) {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    static ArchRule tellingNames() {
        return noClasses()
                .should()
                .haveNameMatching(NAMES_OF_NOTHING)
                .because("a class is named for what it is, not for where it did not fit elsewhere");
    }

    static ArchRule smallPackages() {
        return classes().should(new ArchCondition<>("be of a package with at most " + MOST_FILES + " files") {
            @Override
            public void check(JavaClass each, ConditionEvents events) {
                long files = each.getPackage().getClasses().stream()
                        .filter(other -> !other.getSimpleName().equals("package-info"))
                        .flatMap(other -> other.getSource().stream())
                        .flatMap(source -> source.getFileName().stream())
                        .distinct()
                        .count();
                if (files > MOST_FILES) {
                    events.add(SimpleConditionEvent.violated(each, each.getPackageName() + " has " + files + " files"));
                }
            }
        });
    }

    /** NullAway looks only at packages that say so. */
    static ArchRule nullMarkedPackages() {
        return classes().should(new ArchCondition<>("be in a package that is @NullMarked") {
            @Override
            public void check(JavaClass each, ConditionEvents events) {
                Optional<?> mark = each.getPackage().tryGetAnnotationOfType(NullMarked.class);
                if (mark.isEmpty()) {
                    events.add(SimpleConditionEvent.violated(
                            each, each.getName() + " is in a package without @NullMarked package-info"));
                }
            }
        });
    }
}
