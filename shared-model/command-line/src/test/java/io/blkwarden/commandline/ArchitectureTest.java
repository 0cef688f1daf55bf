package io.blkwarden.commandline;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The dependency rules of what both command lines share: it knows neither of them. */
final class ArchitectureTest {
  private static final JavaClasses SHARED =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.blkwarden.commandline");

  @Test
  void dependsOnTheModelTheTerminalAndTheLogOnly() {
    check(
        classes()
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "io.blkwarden.commandline..",
                    "io.blkwarden.model..",
                    "java..",
                    "javax.net.ssl..",
                    "org.jline..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "picocli..",
                    "tools.jackson..")));
  }

  @Test
  void theLogNeedsNothingOfTheRest() {
    check(
        noClasses()
            .that()
            .resideInAPackage("..commandline.log..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "io.blkwarden.commandline", "io.blkwarden.commandline.top..", "org.jline..")));
  }

  @Test
  void onlyTheSupervisorsSocketIsNativeCode() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("..commandline.service..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    check(classes().should(resideInNullMarkedPackages()));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.blkwarden.(**)").should().beFreeOfCycles());
  }

  private static void check(ArchRule rule) {
    rule.check(SHARED);
  }

  private static ArchCondition<JavaClass> resideInNullMarkedPackages() {
    return new ArchCondition<>("reside in a package that is @NullMarked") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
          events.add(violated(type, type.getPackageName() + " is not @NullMarked"));
        }
      }
    };
  }
}
