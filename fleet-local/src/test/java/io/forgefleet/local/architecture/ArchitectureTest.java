package io.forgefleet.local.architecture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.forgefleet.broken.build.CallsTheGateway;
import io.forgefleet.broken.cycle.one.Chicken;
import io.forgefleet.broken.cycle.two.Egg;
import io.forgefleet.broken.events.TalksToKafka;
import io.forgefleet.broken.small.StringUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The rules hold for what is there, and each of them fails for code that breaks it. */
class ArchitectureTest {

    private static final String BROKEN = Module.ROOT + ".broken";

    private static final JavaClasses FLEET = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(Module.ROOT);

    @ParameterizedTest
    @FieldSource("io.forgefleet.local.architecture.Module#ALL")
    void modulesUseOnlyWhatTheyMay(Module module) {
        Rules.dependencies(module, Module.ROOT).check(FLEET);
    }

    @Test
    void everyClassBelongsToAModule() {
        Rules.modules().check(FLEET);
    }

    @Test
    void packagesHaveNoCycles() {
        Rules.noCycles(Module.ROOT).check(FLEET);
    }

    @Test
    void namesTell() {
        Rules.tellingNames().check(FLEET);
    }

    @Test
    void packagesStaySmall() {
        Rules.smallPackages().check(FLEET);
    }

    @Test
    void packagesAreNullMarked() {
        Rules.nullMarkedPackages().check(FLEET);
    }

    @Test
    void theContractMayNotTalkToKafka() {
        assertBreaks(Rules.dependencies(Module.EVENTS, BROKEN), TalksToKafka.class);
    }

    @Test
    void workersMayNotCallTheGateway() {
        assertBreaks(Rules.dependencies(Module.BUILD, BROKEN), CallsTheGateway.class);
    }

    @Test
    void aClassOutsideOfAllModulesIsFound() {
        assertBreaks(Rules.modules(), StringUtil.class);
    }

    @Test
    void aCycleIsFound() {
        assertBreaks(Rules.noCycles(BROKEN), Chicken.class, Egg.class);
    }

    @Test
    void aNameOfNothingIsFound() {
        assertBreaks(Rules.tellingNames(), StringUtil.class);
    }

    @Test
    void aPackageWithoutNullMarkedIsFound() {
        assertBreaks(Rules.nullMarkedPackages(), StringUtil.class);
    }

    @Test
    void aLargePackageIsFound() {
        JavaClasses large = new ClassFileImporter().importPackages("com.fasterxml.jackson.databind.node");
        assertThatThrownBy(() -> Rules.smallPackages().check(large)).hasMessageContaining("files");
    }

    private static void assertBreaks(ArchRule rule, Class<?>... classes) {
        JavaClasses broken = new ClassFileImporter().importClasses(classes);
        assertThatThrownBy(() -> rule.check(broken))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(classes[0].getSimpleName());
    }
}
