/** The floor of a terminal screen: a bare ink program that prints one box and shows what is typed. */
import { Box, render, Text, useInput } from 'ink';
import { useState } from 'react';

function Bare() {
  const [typed, setTyped] = useState('');
  useInput((input) => setTyped((before) => before + input));
  return (
    <Box borderStyle="round">
      <Text>ready {typed}</Text>
    </Box>
  );
}

render(<Bare />);
