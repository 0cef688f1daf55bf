package io.blkwarden.model;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.blkwarden.testing.Architecture;
import io.blkwarden.testing.TestsAreRun;
import org.junit.jupiter.api.Test;

/** The dependency rules of the model: values only, no transport, no files, no Reactor. */
final class ArchitectureTest {
  private static final Architecture MODEL = new Architecture("io.blkwarden.model");

  @Test
  void dependsOnTheJdkJspecifyAndTheWireCodecOnly() {
    MODEL.check(
        classes()
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "io.blkwarden.model..",
                    "java..",
                    "org.jspecify..",
                    "tools.jackson..",
                    "com.fasterxml.jackson.annotation..")));
  }

  @Test
  void usesNoFilesNoSocketsAndNoNativeCode() {
    MODEL.check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.nio.file..", "java.nio.channels..", "java.net..", "java.lang.foreign.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    MODEL.everyPackageIsNullMarked();
  }

  @Test
  void packagesHaveNoCycles() {
    MODEL.packagesHaveNoCycles();
  }

  @Test
  void everyTestIsRun() throws Exception {
    TestsAreRun.check(ArchitectureTest.class);
  }
}
