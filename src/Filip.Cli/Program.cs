using Filip.Cli.Commands;
using Filip.Cli.Terminal;

using var signals = new Signals();
return await FilipCommand.RunAsync(args, signals);
