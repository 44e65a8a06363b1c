using Cove.Fuzz;
using Cove.Fuzz.Afl;
using Cove.Fuzz.Coverage;

// What fuzz/run needs, one line a verb; a person types fuzz/run TARGET [SECONDS], or "replay" with a file that it left behind.
return args switch
{
    ["list"] => List(),
    ["instrument", var folder] => Instrument(folder),
    ["seeds", var name, var folder] when TargetList.Find(name) is { } target => Seeds(target, folder),
    ["serve", var name, var state] when TargetList.Find(name) is { } target => Serve(target, state),
    ["rescue", var state, var file] => Rescue(state, file),
    ["replay", var name, .. var files] when TargetList.Find(name) is { } target => Replay(target, files, quiet: false),
    _ => Usage(),
};

static int List()
{
    foreach (var target in TargetList.All) Console.WriteLine(target.Name);
    return 0;
}

static int Instrument(string folder)
{
    Console.WriteLine($"{Instrumenter.Instrument(folder)} blocks instrumented");
    return 0;
}

static int Seeds(ITarget target, string folder)
{
    Directory.CreateDirectory(folder);
    // AFL++ wants at least one that is not empty, also where the vectors are not here.
    byte[][] seeds = [.. target.Seeds(new SeedFiles()), "0"u8.ToArray()];
    for (var i = 0; i < seeds.Length; i++) File.WriteAllBytes(Path.Combine(folder, $"{i:D3}"), seeds[i]);
    var words = target.Words.Select(word => $"\"{string.Concat(word.Select(c => c is '"' or '\\' or < ' ' or > '~' ? $"\\x{(int)c:x2}" : $"{c}"))}\"");
    File.WriteAllLines(folder + ".words", words);
    return Replay(target, Directory.GetFiles(folder), quiet: true);
}

static int Serve(ITarget target, string path)
{
    using var state = new RunState(path);
    var execution = new Execution(target);
    // Compiles what the seeds reach before anything is measured.
    foreach (var seed in target.Seeds(new SeedFiles())) execution.Run(seed);
    Watchdog.Start(() => state.Finished);
    new ForkServer(execution, state).Serve();
    return 0;
}

static int Rescue(string path, string file)
{
    using var state = new RunState(path);
    Console.WriteLine($"highest: {state.Highest}");
    if (state.Unfinished() is not { } input) return 0;
    File.WriteAllBytes(file, input);
    return 1;
}

static int Replay(ITarget target, string[] files, bool quiet)
{
    var broken = 0;
    foreach (var file in files)
    {
        try
        {
            var cost = new Execution(target).Run(File.ReadAllBytes(file));
            if (!quiet) Console.WriteLine($"{file}: {cost}");
        }
        catch (InvalidOperationException found)
        {
            broken++;
            Console.WriteLine($"{file}: {found}");
        }
    }

    return broken == 0 ? 0 : 1;
}

static int Usage()
{
    Console.Error.WriteLine("fuzz: error: not a verb, or no such target; fuzz/run says how");
    return 2;
}
