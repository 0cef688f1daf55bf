package io.blkwarden.controller;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import io.blkwarden.testing.Architecture;
import io.blkwarden.testing.TestsAreRun;
import org.junit.jupiter.api.Test;

/** Dependency rules of the controller: a pure engine, and one package per external interface. */
final class ArchitectureTest {
  private static final Architecture CONTROLLER = new Architecture("io.blkwarden.controller");

  private static final String[] PURE = {
    "..controller.alert..",
    "..controller.attribution..",
    "..controller.audit..",
    "..controller.baseline..",
    "..controller.engine..",
    "..controller.fleet..",
    "..controller.history..",
    "..controller.notify.settings..",
    "..controller.policy..",
    "..controller.policytest..",
    "..controller.recording",
    "..controller.replay..",
    "..controller.silence..",
    "..controller.snapshot..",
    "..controller.throttle..",
    "..controller.top.."
  };

  private static final String[] EDGES = {
    "..controller.app..",
    "..controller.bus..",
    "..controller.cli..",
    "..controller.config..",
    "..controller.dispatch..",
    "..controller.http..",
    "..controller.ingest..",
    "..controller.leader..",
    "..controller.nats..",
    "..controller.notify",
    "..controller.recording.files.."
  };

  private static final DescribedPredicate<JavaClass> REACTOR = resideInAPackage("reactor..");
  private static final DescribedPredicate<JavaClass> NATS = resideInAPackage("io.nats..");

  @Test
  void neverImportsTheAgent() {
    CONTROLLER.check(
        noClasses().should().dependOnClassesThat().resideInAPackage("io.blkwarden.agent.."));
  }

  @Test
  void onlyTheNatsPackageImportsNats() {
    CONTROLLER.onlyIn(NATS, "..controller.nats..");
  }

  @Test
  void onlyHttpImportsTheWebServerAndOnlyNotifyTheClient() {
    CONTROLLER.onlyIn(
        resideInAnyPackage("reactor.netty..", "io.netty.."),
        "..controller.http..",
        "..controller.notify..");
    CONTROLLER.onlyIn(resideInAPackage("reactor.netty.http.server.."), "..controller.http..");
    CONTROLLER.onlyIn(resideInAPackage("reactor.netty.http.client.."), "..controller.notify..");
  }

  @Test
  void purePackagesUseNoFilesAndNoSockets() {
    CONTROLLER.check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat(Architecture.FILES_AND_SOCKETS));
  }

  @Test
  void purePackagesDoNotDependOnEdges() {
    CONTROLLER.check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES));
  }

  @Test
  void purePackagesDoNotUseReactor() {
    CONTROLLER.check(
        noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat(REACTOR));
  }

  @Test
  void onlyTheCommandLineImportsPicocli() {
    CONTROLLER.onlyIn(
        resideInAPackage("picocli.."), "io.blkwarden.controller", "..controller.cli..");
  }

  @Test
  void everyPackageIsNullMarked() {
    CONTROLLER.everyPackageIsNullMarked();
  }

  @Test
  void packagesHaveNoCycles() {
    CONTROLLER.packagesHaveNoCycles();
  }

  @Test
  void everyTestIsRun() throws Exception {
    TestsAreRun.check(ArchitectureTest.class);
  }
}
