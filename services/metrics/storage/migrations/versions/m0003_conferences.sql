CREATE TABLE conference_fact (
    id uuid PRIMARY KEY,
    cancelled boolean NOT NULL,
    kind text NOT NULL,
    held_on date NOT NULL,
    convener text NOT NULL,
    agencies text[] NOT NULL
);
