package io.blkwarden.testing;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;

/** The rule that the build runs every class with tests: Surefire picks them by name. */
public final class TestsAreRun {
  /** What Surefire runs when it is not configured otherwise. */
  private static final Pattern PICKED = Pattern.compile("Test.*|.*Test|.*Tests|.*TestCase");

  private static final DescribedPredicate<JavaClass> HAVE_TESTS =
      DescribedPredicate.describe(
          "have tests",
          type ->
              type.getMethods().stream()
                  .anyMatch(method ->
                      method.isAnnotatedWith(Testable.class)
                          || method.isMetaAnnotatedWith(Testable.class)));

  static final ArchRule RULE = classes().that(HAVE_TESTS).should(beRun());

  private TestsAreRun() {}

  /**
   * Fails when a test class would never be run.
   *
   * @param test any test class of the module
   */
  public static void check(Class<?> test) throws URISyntaxException {
    RULE.check(
        new ClassFileImporter()
            .importPath(Path.of(test.getProtectionDomain().getCodeSource().getLocation().toURI())));
  }

  private static ArchCondition<JavaClass> beRun() {
    return new ArchCondition<>("be run by the build") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (type.getModifiers().contains(JavaModifier.ABSTRACT)) {
          if (type.getAllSubclasses().stream().noneMatch(TestsAreRun::isPicked)) {
            events.add(
                violated(
                    type, type.getName() + " is abstract, and no class that is run extends it"));
          }
        } else if (!isPicked(type)) {
          events.add(
              violated(
                  type,
                  type.getName()
                      + " has tests that are never run: call it ...Test, or annotate a nested class"
                      + " with @Nested and make it an inner class"));
        }
      }
    };
  }

  private static boolean isPicked(JavaClass type) {
    if (type.getModifiers().contains(JavaModifier.ABSTRACT)) {
      return false;
    }
    if (type.getEnclosingClass().isEmpty()) {
      return PICKED.matcher(type.getSimpleName()).matches();
    }
    return type.isAnnotatedWith(Nested.class)
        && !type.getModifiers().contains(JavaModifier.STATIC)
        && isPicked(type.getEnclosingClass().orElseThrow());
  }
}
