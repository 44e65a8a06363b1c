using FsCheck;
using FsCheck.Fluent;

namespace Cove.Rego.Tests.Formatting;

public sealed class GeneratedProgramTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(400);

    // A comment in the middle of an expression moves to the end of its line, and may let the next formatting join two lines; the shared modules have none.
    [Fact]
    public void Formatting_a_program_and_reading_it_again_gives_the_same_program() => Prop
        .ForAll(Arb.From(ProgramGenerator.Module), static text => RoundTripTests.AssertRoundTrip(text, new RegoCompilerOptions(), isStable: false))
        .Check(Quick);

    [Fact]
    public void Text_that_is_nearly_a_program_is_read_or_refused_and_never_more_than_that() => Prop
        .ForAll(Arb.From(ProgramGenerator.Broken), static text =>
        {
            RegoModule module;
            try
            {
                module = RegoModule.Parse("m.rego", text);
            }
            catch (RegoCompileException refused)
            {
                Assert.NotEmpty(refused.Errors);
                return;
            }

            RoundTripTests.AssertRoundTrip(text, new RegoCompilerOptions(), isStable: false);
            Assert.NotNull(module.Package);
        })
        .Check(Quick);
}
