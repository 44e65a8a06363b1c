using Cove.Rego.Analysis;
using Cove.Rego.Evaluation;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Linking;

/// <summary>
/// Writes modules that went through the whole analysis. Layout: mark, version of the language, number of locals, files, packages; then as sections the
/// texts, the names of locals, where rules lead out of the image, the tree of documents, and what the documents are (docs/decisions).
/// </summary>
internal sealed class ImageWriter
{
    private readonly CompilerState state;
    private readonly StringTable strings = new();
    private readonly List<SourceText> files = [];
    private readonly List<RefTerm> outward = [];
    private readonly Dictionary<string, int> outwardByText = new(StringComparer.Ordinal);
    private readonly Dictionary<RuleNode, SortedSet<int>> outwardOf = [];
    private readonly ByteSink bodies = new();

    private ImageWriter(CompilerState state) => this.state = state;

    public static byte[] Write(CompilerState state) => new ImageWriter(state).Write();

    private byte[] Write()
    {
        foreach (var module in state.Modules) files.Add(module.Source);
        foreach (var node in state.Order) FindOutward(node);
        var tree = new ByteSink();
        WriteChildren(tree, state.Tree.Root);
        var head = new ByteSink();
        head.Flag(state.Options.V1);
        head.Number(state.Locals);
        head.Number(state.Modules.Count);
        foreach (var module in state.Modules)
        {
            head.Number(strings.Of(module.Source.File));
            head.Flag(module.IsV1);
            WritePath(head, module.Package);
        }

        var (names, uses) = (Names(), Uses());
        var image = new ByteSink();
        foreach (var letter in RegoImage.Mark) image.Byte(letter);
        image.All(head);
        strings.WriteTo(image);
        foreach (var section in (ByteSink[])[names, uses, tree, bodies]) image.Section(section);
        return image.ToArray();
    }

    private void WritePath(ByteSink sink, RefTerm path)
    {
        sink.Number(path.Parts.Count - 1);
        foreach (var part in path.Parts.Skip(1)) sink.Number(strings.Of(((RegoString)((ScalarTerm)part).Value).Text));
    }

    /// <summary>The written names of locals, by number; 0 where there is none.</summary>
    private ByteSink Names()
    {
        var sink = new ByteSink();
        for (var i = 0; i < state.Locals; i++) sink.Number(state.Written.TryGetValue(CompilerState.LocalName(i), out var written) ? strings.Of(written) + 1 : 0);
        return sink;
    }

    private ByteSink Uses()
    {
        var sink = new ByteSink();
        var writer = new TermWriter(strings, files);
        sink.Number(outward.Count);
        foreach (var reference in outward)
        {
            sink.Number(reference.Parts.Count - 1);
            foreach (var part in reference.Parts.Skip(1))
            {
                // A step that is no constant may lead anywhere.
                sink.Flag(part is ScalarTerm);
                if (part is ScalarTerm { Value: var step }) writer.Value(sink, step);
            }
        }

        return sink;
    }

    /// <summary>Where a node's rules lead out of the image, by themselves and through those they use, which come before it in order.</summary>
    private void FindOutward(RuleNode node)
    {
        var found = outwardOf[node] = [];
        foreach (var used in new RecursionCheck(state).UsesOf(node))
            if (outwardOf.TryGetValue(used, out var theirs)) found.UnionWith(theirs);
        foreach (var rule in node.Rules)
        {
            for (var part = rule; part is not null; part = part.Else)
            {
                foreach (var term in (Term?[])[.. part.Head.Ref.Parts, part.Head.Key, part.Head.Value])
                    if (term is not null) TermWalker.Visit(term, t => Look(t, found));
                TermWalker.Visit(part.Body, t => Look(t, found));
            }
        }
    }

    private bool Look(Term term, SortedSet<int> found)
    {
        if (term is RefTerm { HeadName: Syntax.Names.Data } reference && !StaysInside(reference)) found.Add(OutwardIndex(reference));
        return true;
    }

    private bool StaysInside(RefTerm reference) => state.Modules.Exists(module =>
    {
        var package = module.Package.Parts;
        if (reference.Parts.Count < package.Count) return false;
        for (var i = 1; i < package.Count; i++)
            if (reference.Parts[i] is not ScalarTerm { Value: var step } || step != ((ScalarTerm)package[i]).Value) return false;
        return true;
    });

    private int OutwardIndex(RefTerm reference)
    {
        var text = TermText.Of(reference);
        if (outwardByText.TryGetValue(text, out var index)) return index;
        outward.Add(reference);
        return outwardByText[text] = outward.Count - 1;
    }

    private void WriteChildren(ByteSink tree, RuleNode parent)
    {
        tree.Number(parent.Children.Count);
        foreach (var (key, node) in parent.Children)
        {
            var writer = new TermWriter(strings, files);
            writer.Value(tree, key);
            var hasRules = node.HasRules;
            tree.Byte((hasRules ? 1 : 0) | (hasRules && node.HasVariables ? 2 : 0) | (node.IsMulti ? 4 : 0));
            if (hasRules) WriteRules(tree, node);
            WriteChildren(tree, node);
        }
    }

    private void WriteRules(ByteSink tree, RuleNode node)
    {
        tree.Number(node.Arity + 1);
        tree.Number(bodies.Length);
        var uses = outwardOf[node];
        tree.Number(uses.Count);
        foreach (var use in uses) tree.Number(use);
        new TypeWriter(strings, files).Write(bodies, state.TypeOf(node));
        bodies.Number(node.Rules.Count);
        var writer = new TermWriter(strings, files);
        foreach (var rule in node.Rules) writer.Write(bodies, rule);
    }
}
