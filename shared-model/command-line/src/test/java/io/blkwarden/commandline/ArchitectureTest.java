package io.blkwarden.commandline;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.blkwarden.testing.Architecture;
import io.blkwarden.testing.TestsAreRun;
import org.junit.jupiter.api.Test;

/** The dependency rules of this module. */
final class ArchitectureTest {
  private static final Architecture SHARED = new Architecture("io.blkwarden.commandline");

  @Test
  void dependsOnTheModelTheTerminalAndTheLogOnly() {
    SHARED.check(
        classes()
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "ch.qos.logback..",
                    "io.blkwarden.commandline..",
                    "io.blkwarden.model..",
                    "io.nats..",
                    "java..",
                    "javax.net.ssl..",
                    "org.jline..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "picocli..",
                    "tools.jackson..")));
  }

  @Test
  void onlyTheNatsPackageImportsTheClient() {
    SHARED.check(
        noClasses()
            .that()
            .resideOutsideOfPackage("..commandline.nats..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nats.."));
  }

  @Test
  void logDependsOnNoOtherPackage() {
    SHARED.check(
        noClasses()
            .that()
            .resideInAPackage("..commandline.log..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "io.blkwarden.commandline", "io.blkwarden.commandline.top..", "org.jline..")));
  }

  @Test
  void onlyTheLogPackageImportsLogback() {
    SHARED.onlyIn(resideInAPackage("ch.qos.logback.."), "..commandline.log..");
  }

  @Test
  void onlyLibcAndServiceUseNativeMemory() {
    SHARED.check(
        noClasses()
            .that()
            .resideOutsideOfPackages("..commandline.libc..", "..commandline.service..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    SHARED.everyPackageIsNullMarked();
  }

  @Test
  void packagesHaveNoCycles() {
    SHARED.packagesHaveNoCycles();
  }

  @Test
  void everyTestIsRun() throws Exception {
    TestsAreRun.check(ArchitectureTest.class);
  }
}
